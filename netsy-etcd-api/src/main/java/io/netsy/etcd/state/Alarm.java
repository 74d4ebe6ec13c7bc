package io.netsy.etcd.state;

/** An alarm that stands; {@code type} is etcd's AlarmType number: 1 NOSPACE, 2 CORRUPT. */
public record Alarm(int type, long memberId) {
    public static final int NOSPACE = 1;
    public static final int CORRUPT = 2;
}
