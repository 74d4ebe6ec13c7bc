package io.netsy.etcd.forward;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.netsy.etcd.proto.rpc.ResponseHeader;

/** Puts the member that a client talks to in the place of the one that answered: so does etcd. */
final class MemberIds {
    private MemberIds() {}

    /** The answer with that member in its header; unchanged when it has no header. */
    // A builder of a message builds a message of the same class.
    @SuppressWarnings("unchecked")
    static <R> R replaced(R answer, long memberId) {
        if (!(answer instanceof Message message)) {
            return answer;
        }
        FieldDescriptor field = message.getDescriptorForType().findFieldByName("header");
        if (field == null || !message.hasField(field) || !(message.getField(field) instanceof ResponseHeader header)) {
            return answer;
        }
        return (R) message.toBuilder()
                .setField(field, header.toBuilder().setMemberId(memberId).build())
                .build();
    }
}
