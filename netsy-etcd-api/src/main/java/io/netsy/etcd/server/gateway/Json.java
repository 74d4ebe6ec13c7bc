package io.netsy.etcd.server.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import io.netsy.etcd.server.web.JsonText;
import java.nio.charset.StandardCharsets;

/**
 * The JSON of the gateway: protobuf's own, with the field names of the .proto files, without fields that have their
 * default value, and without insignificant white space (etcd semantics, section 18).
 */
final class Json {
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();

    private Json() {}

    /**
     * Reads a message.
     *
     * @throws InvalidProtocolBufferException with the reason why it is none
     */
    static <M extends Message> M parse(byte[] json, M prototype) throws InvalidProtocolBufferException {
        Message.Builder builder = prototype.newBuilderForType();
        PARSER.merge(new String(json, StandardCharsets.UTF_8), builder);
        @SuppressWarnings("unchecked")
        M message = (M) builder.build();
        return message;
    }

    static String print(MessageOrBuilder message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("a message of etcd's own has no JSON", impossible);
        }
    }

    /** A message as a line of a streamed answer. */
    static String resultLine(MessageOrBuilder message) {
        return "{\"result\":" + print(message) + "}\n";
    }

    /** A failure as the last line of a streamed answer. */
    static String errorLine(Status failure) {
        return "{\"error\":" + error(failure) + "}\n";
    }

    /** A failure as etcd's gateway prints it. */
    static String error(Status failure) {
        StringBuilder json =
                new StringBuilder("{\"code\":").append(failure.getCode().value());
        String text = failure.getDescription();
        if (text != null && !text.isEmpty()) {
            json.append(",\"message\":").append(JsonText.quote(text));
        }
        return json.append('}').toString();
    }
}
