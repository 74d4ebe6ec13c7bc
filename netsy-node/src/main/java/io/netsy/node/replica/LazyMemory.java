package io.netsy.node.replica;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Zeroed off-heap memory that costs nothing until it is written: {@code calloc} leaves large blocks to the kernel, which
 * hands out a page at its first use, while {@link Arena#allocate} writes zeros to all of it at once.
 */
final class LazyMemory {
    private static final @Nullable MethodHandle CALLOC = function(
            "calloc", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final @Nullable MethodHandle FREE = function("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    private LazyMemory() {}

    @SuppressWarnings("restricted") // the launcher enables native access
    private static @Nullable MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> address = linker.defaultLookup().find(name);
        return address.map(symbol -> linker.downcallHandle(symbol, descriptor)).orElse(null);
    }

    /**
     * Memory that is given back when the arena closes.
     *
     * @throws OutOfMemoryError when there is none
     */
    @SuppressWarnings("restricted") // as above
    static MemorySegment allocate(Arena arena, long sizeBytes) {
        if (CALLOC == null || FREE == null) {
            return arena.allocate(sizeBytes, Long.BYTES);
        }
        MemorySegment block = calloc(CALLOC, sizeBytes);
        MethodHandle free = FREE;
        return block.reinterpret(sizeBytes, arena, segment -> call(free, segment));
    }

    private static MemorySegment calloc(MethodHandle calloc, long sizeBytes) {
        try {
            MemorySegment block = (MemorySegment) calloc.invokeExact(1L, sizeBytes);
            if (block.equals(MemorySegment.NULL)) {
                throw new OutOfMemoryError("no %d bytes of off-heap memory".formatted(sizeBytes));
            }
            return block;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("calloc can't be called", e);
        }
    }

    private static void call(MethodHandle free, MemorySegment block) {
        try {
            free.invokeExact(block);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("free can't be called", e);
        }
    }
}
