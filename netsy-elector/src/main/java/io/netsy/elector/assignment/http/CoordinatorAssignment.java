package io.netsy.elector.assignment.http;

import com.google.gson.JsonObject;
import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.AssignmentBoard;
import io.netsy.elector.assignment.AssignmentEnvironment;
import io.netsy.elector.assignment.AssignmentException;
import io.netsy.elector.assignment.Candidacy;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.PollLoop;
import io.netsy.elector.assignment.rest.RestAnswer;
import io.netsy.elector.assignment.rest.RestClient;
import io.netsy.elector.assignment.rest.RestException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The elector's role by a coordinator: one PUT asks for it or renews it, one GET asks who has it, one DELETE gives it back. The
 * coordinator alone judges by its own clock when a holder's time is over; the holder believes in itself for that time, less a
 * margin, from before it asked. An answer that was lost is mended by asking again: all three may be repeated.
 */
public final class CoordinatorAssignment implements Candidacy {
    private static final int CONFLICT = 409;
    private static final int LONGEST_REASON = 200;

    private final CoordinatorSettings settings;
    private final ElectorIdentity self;
    private final AssignmentEnvironment environment;
    private final RestClient client;
    private final AssignmentBoard board;
    private final PollLoop loop;
    private volatile boolean campaigning;
    private volatile CountDownLatch givenBack = new CountDownLatch(0);
    private boolean mayHold;

    public CoordinatorAssignment(
            CoordinatorSettings settings, ElectorIdentity self, AssignmentEnvironment environment) {
        this.settings = settings;
        this.self = self;
        this.environment = environment;
        this.client = new RestClient(settings.server());
        this.board = new AssignmentBoard(describe(), environment.bootNanos());
        this.loop = new PollLoop("netsy-elector-http", this::poll);
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public Assignment current() {
        Assignment current = board.current();
        boolean given = settings.asksForRole() && !campaigning && current.isSelf();
        return given ? new Assignment.Vacant() : current;
    }

    @Override
    public void onChange(Runnable listener) {
        board.onChange(listener);
    }

    @Override
    public String describe() {
        return "coordinator " + client.describe();
    }

    /** Nothing is asked for where the coordinator names who it likes. */
    @Override
    public void campaign() {
        campaigning = settings.asksForRole();
        loop.wake();
    }

    @Override
    public boolean release(Duration patience) {
        CountDownLatch done = new CountDownLatch(1);
        givenBack = done;
        campaigning = false;
        loop.wake();
        try {
            return done.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        loop.close();
        board.closed();
        client.close();
    }

    private Duration poll() {
        try {
            return environment.jittered(campaigning ? askForRole() : askWho());
        } catch (RestException | AssignmentException e) {
            board.failed(String.valueOf(e.getMessage()));
            return environment.jittered(settings.timings().retryAfter());
        }
    }

    private Duration askForRole() throws RestException, AssignmentException {
        JsonObject body = new JsonObject();
        body.addProperty("node", self.node());
        body.addProperty("process", self.process().toString());
        body.addProperty("ttl_ms", settings.timings().lease().toMillis());
        mayHold = true;
        long sentNanos = environment.nowNanos();
        RestAnswer answer = client.send("PUT", "", body.toString());
        if (!answer.isSuccess() && answer.status() != CONFLICT) {
            throw refused("PUT", answer);
        }
        CoordinatorState state = state("PUT", answer);
        boolean mine = state.isHeldBy(self);
        if (mine != answer.isSuccess()) {
            throw new AssignmentException("%s: PUT was answered with %d, and that '%s' is the elector; see its contract"
                    .formatted(describe(), answer.status(), state.holder()));
        }
        board.answered(state.asAssignment(self, sentNanos));
        return mine ? settings.timings().renewEvery() : pauseUntilFree(state);
    }

    private Duration askWho() throws RestException, AssignmentException {
        CountDownLatch asked = givenBack;
        if (mayHold) {
            giveBack();
            mayHold = false;
        }
        asked.countDown();
        long sentNanos = environment.nowNanos();
        RestAnswer answer = client.send("GET", "", null);
        if (!answer.isSuccess()) {
            throw refused("GET", answer);
        }
        CoordinatorState state = state("GET", answer);
        board.answered(state.asAssignment(self, sentNanos));
        return pauseUntilFree(state);
    }

    private void giveBack() throws RestException, AssignmentException {
        RestAnswer answer = client.send("DELETE", "?process=" + self.process(), null);
        if (!answer.isSuccess()) {
            throw refused("DELETE", answer);
        }
    }

    private Duration pauseUntilFree(CoordinatorState state) {
        Duration usual = settings.timings().renewEvery();
        return state.remaining().isZero() ? usual : shorter(usual, state.remaining());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private CoordinatorState state(String method, RestAnswer answer) throws AssignmentException {
        try {
            return CoordinatorState.read(answer.json().orElseThrow());
        } catch (RuntimeException e) {
            // Gson throws half a dozen kinds for what is not as it should be; nothing else is called here.
            throw new AssignmentException("%s: the answer to %s is not what its contract says (%s); is the URL right?"
                    .formatted(describe(), method, e.getMessage()));
        }
    }

    private AssignmentException refused(String method, RestAnswer answer) {
        String wayOut = switch (answer.status()) {
            case 401, 403 -> "; the coordinator does not accept the token: check it";
            case 404 -> "; is the URL right?";
            case 405 -> "; this coordinator names who it likes: don't ask it for the role";
            default -> "";
        };
        String line = answer.body().lines().findFirst().orElse("");
        return new AssignmentException("%s: %s was answered with %d: %s%s"
                .formatted(
                        describe(),
                        method,
                        answer.status(),
                        line.substring(0, Math.min(line.length(), LONGEST_REASON)),
                        wayOut));
    }
}
