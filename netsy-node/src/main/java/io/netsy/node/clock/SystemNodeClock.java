package io.netsy.node.clock;

import io.netsy.replication.model.Moment;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The machine's clocks. The boot clock is Linux's {@code CLOCK_BOOTTIME}, which goes on while the machine is suspended;
 * {@code System.nanoTime} stands still then (protocol safety, 9). Where there is no such clock, {@code nanoTime} is what
 * there is, and {@link #countsSuspend} says so.
 */
public final class SystemNodeClock implements NodeClock {
    private static final int CLOCK_BOOTTIME = 7;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final @Nullable MethodHandle clockGettime;
    private final ThreadLocal<MemorySegment> timespecs =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, 2));

    public SystemNodeClock() {
        this.clockGettime = System.getProperty("os.name", "").equals("Linux") ? lookup().orElse(null) : null;
    }

    @SuppressWarnings("restricted") // the launcher enables native access
    private static Optional<MethodHandle> lookup() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("clock_gettime")
                .map(symbol -> linker.downcallHandle(
                        symbol,
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
                        Linker.Option.critical(false)));
    }

    /** Whether {@link Moment#bootNanos} goes on through a suspend of the machine. */
    public boolean countsSuspend() {
        return clockGettime != null;
    }

    @Override
    public Moment now() {
        return new Moment(bootNanos(), System.currentTimeMillis());
    }

    private long bootNanos() {
        if (clockGettime == null) {
            return System.nanoTime();
        }
        MemorySegment timespec = timespecs.get();
        try {
            int result = (int) clockGettime.invokeExact(CLOCK_BOOTTIME, timespec);
            if (result != 0) {
                throw new IllegalStateException("clock_gettime(CLOCK_BOOTTIME) answered " + result);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("clock_gettime(CLOCK_BOOTTIME) can't be called", e);
        }
        return timespec.getAtIndex(ValueLayout.JAVA_LONG, 0) * NANOS_PER_SECOND
                + timespec.getAtIndex(ValueLayout.JAVA_LONG, 1);
    }

    @Override
    public UUID newId() {
        return UUID.randomUUID();
    }
}
