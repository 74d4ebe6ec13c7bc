package io.netsy.etcd.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Messages of any type filled at random, and bytes that nearly are such messages. */
final class RandomMessages {
    private static final int MAX_DEPTH = 4;
    private static final long[] NUMBERS = {0, 1, -1, 2, 7, 1_000, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE};

    private final Random random;

    RandomMessages(long seed) {
        random = new Random(seed);
    }

    /** Bytes for a method that takes such a message: a right one, a damaged one, or none at all. */
    byte[] bytesFor(Descriptor type) {
        if (random.nextInt(4) == 0) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            return garbage;
        }
        byte[] message = message(type, 0).toByteArray();
        return random.nextBoolean() ? message : damaged(message);
    }

    private byte[] damaged(byte[] message) {
        byte[] damaged = message.clone();
        for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        return random.nextInt(3) == 0 && damaged.length > 0
                ? Arrays.copyOf(damaged, random.nextInt(damaged.length))
                : damaged;
    }

    private DynamicMessage message(Descriptor type, int depth) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            if (random.nextInt(3) == 0 || isTooDeep(field, depth)) {
                continue;
            }
            if (field.isRepeated()) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    message.addRepeatedField(field, value(field, depth));
                }
            } else {
                message.setField(field, value(field, depth));
            }
        }
        return message.build();
    }

    private static boolean isTooDeep(FieldDescriptor field, int depth) {
        return depth >= MAX_DEPTH && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    }

    private Object value(FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case INT -> (int) number();
            case LONG -> number();
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextDouble();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> random.nextBoolean() ? "http://127.0.0.1:2380" : "\u0000\u00e4\uffff";
            case BYTE_STRING -> ByteString.copyFrom(key());
            case ENUM -> {
                List<?> values = field.getEnumType().getValues();
                yield random.nextInt(5) == 0
                        ? field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(100))
                        : values.get(random.nextInt(values.size()));
            }
            case MESSAGE -> message(field.getMessageType(), depth + 1);
        };
    }

    private long number() {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private byte[] key() {
        byte[] key = new byte[random.nextInt(5)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextBoolean() ? 'a' + random.nextInt(3) : random.nextInt(256));
        }
        return key;
    }
}
