package io.netsy.elector.role;

import io.netsy.elector.role.RoleEffect.EndTerm;
import io.netsy.elector.role.RoleEffect.Follow;
import io.netsy.elector.role.RoleEffect.Lead;
import io.netsy.elector.role.RoleEffect.PassFence;
import io.netsy.elector.role.RoleEffect.ReadRegister;
import io.netsy.elector.role.RoleEvent.FenceAsked;
import io.netsy.elector.role.RoleEvent.HandOverAsked;
import io.netsy.elector.role.RoleEvent.Hinted;
import io.netsy.elector.role.RoleEvent.Promised;
import io.netsy.elector.role.RoleEvent.RegisterRead;
import io.netsy.elector.role.RoleEvent.RegisterUnreadable;
import io.netsy.elector.role.RoleEvent.StreamLost;
import io.netsy.elector.role.RoleEvent.TermEnded;
import io.netsy.elector.role.RoleEvent.Tick;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.model.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One process's way through the roles, as a pure step function; one thread steps it.
 *
 * <ol>
 *   <li>It leads a term only when it read in the register itself that the term is this very process's; each term once, and none
 *       below what it promised. What an elector says is a hint to look.
 *   <li>Whom to follow may come from a hint: a stream shows its term, and a lower one than was promised is refused there.
 *   <li>A fence of a later term ends the one that it leads before anything is promised or answered.
 *   <li>Without a primary it looks at the register, at once when it lost him and from time to time: it needs no elector to find its way
 *       back, or to learn that it was handed a term.
 * </ol>
 */
public final class RoleCore {
    private static final Duration LOOK_PAUSE = Duration.ofSeconds(2);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(200);

    /** What becomes of a term that has just ended is in the register a little later. */
    private static final int HURRIED_LOOKS = 4;

    private final String node;
    private final UUID process;
    private long promised;
    private long leading;
    private long lastLed;
    private long followed;
    private String following = "";
    private boolean reading;
    /** Whether the register is to be read once more, for something happened since it was asked. */
    private boolean again;

    private int hurried;

    private long nextLookNanos;

    /** @param promised what the disk says that this node promised */
    public RoleCore(String node, UUID process, long promised) {
        this.node = node;
        this.process = process;
        this.promised = promised;
    }

    /** Takes one event and says what is to be done about it. */
    public List<RoleEffect> step(RoleEvent event) {
        List<RoleEffect> effects = new ArrayList<>(2);
        switch (event) {
            case Hinted hinted -> handleHint(hinted.hint(), effects);
            case RegisterRead read -> {
                nextLookNanos = after(read.now(), hurried > 0 ? RETRY_PAUSE : LOOK_PAUSE);
                hurried = Math.max(hurried - 1, 0);
                read.register().ifPresent(register -> handleRegister(register, effects));
                handleLooked(effects);
            }
            case RegisterUnreadable unreadable -> {
                nextLookNanos = after(unreadable.now(), RETRY_PAUSE);
                handleLooked(effects);
            }
            case FenceAsked fence -> handleFence(fence, effects);
            case HandOverAsked asked -> {
                HandOver order = asked.order();
                if (leading != 0 && order.term() == leading && order.process().equals(process)) {
                    effects.add(new RoleEffect.HandOver(order.to()));
                }
            }
            case Promised term -> promised = Math.max(promised, term.term());
            case StreamLost _ -> lookAfresh(effects);
            case TermEnded _ -> {
                leading = 0;
                lookAfresh(effects);
            }
            case Tick tick -> handleTick(tick, effects);
        }
        return effects;
    }

    /** The term it leads; 0 while it leads none. */
    public long leading() {
        return leading;
    }

    /** The highest term that it promised not to go below. */
    public long promised() {
        return promised;
    }

    private static long after(Moment now, Duration pause) {
        return now.bootNanos() + pause.toNanos();
    }

    private void look(List<RoleEffect> effects) {
        if (!reading) {
            reading = true;
            effects.add(new ReadRegister());
        }
    }

    /** A look that is under way may have come too early. */
    private void lookAfresh(List<RoleEffect> effects) {
        if (leading == 0) {
            again = reading;
            hurried = HURRIED_LOOKS;
            look(effects);
        }
    }

    private void handleLooked(List<RoleEffect> effects) {
        reading = false;
        if (again) {
            again = false;
            look(effects);
        }
    }

    private void handleHint(Ping hint, List<RoleEffect> effects) {
        if (hint.term() < promised || !hint.assigned()) {
            return;
        }
        boolean mine = hint.primary().equals(node) && hint.process().equals(process);
        if (mine || leading != 0) {
            if (hint.term() > lastLed) {
                look(effects);
            }
        } else {
            follow(hint.primary(), hint.term(), effects);
        }
    }

    private void follow(String primary, long term, List<RoleEffect> effects) {
        boolean isNews = term > followed || (term == followed && !primary.equals(following));
        if (isNews && term >= promised && !primary.equals(node)) {
            followed = term;
            following = primary;
            effects.add(new Follow(primary));
        }
    }

    private void handleRegister(TermRegister register, List<RoleEffect> effects) {
        if (leading != 0 && register.term() > leading) {
            endTerm("the register says term %d".formatted(register.term()), effects);
        }
        if (register.state() != State.ASSIGNED || leading != 0 || register.term() < promised) {
            return;
        }
        if (!register.primary().equals(node)) {
            follow(register.primary(), register.term(), effects);
        } else if (register.process().equals(process) && register.term() > lastLed) {
            leading = register.term();
            lastLed = leading;
            promised = leading;
            following = "";
            effects.add(new Lead(register));
        }
    }

    private void endTerm(String reason, List<RoleEffect> effects) {
        leading = 0;
        effects.add(new EndTerm(reason));
    }

    private void handleFence(FenceAsked fence, List<RoleEffect> effects) {
        if (fence.term() < promised || fence.term() <= lastLed) {
            return;
        }
        if (leading != 0) {
            endTerm("term %d is being decided".formatted(fence.term()), effects);
        }
        promised = fence.term();
        effects.add(new PassFence(fence.ask(), fence.term()));
    }

    private void handleTick(Tick tick, List<RoleEffect> effects) {
        if (leading == 0 && !tick.following() && tick.now().bootNanos() - nextLookNanos >= 0) {
            look(effects);
        }
    }
}
