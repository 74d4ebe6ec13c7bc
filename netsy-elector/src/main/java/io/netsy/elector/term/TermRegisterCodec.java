package io.netsy.elector.term;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.netsy.elector.term.TermRegister.Forced;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The register as JSON, the content of {@code term.json}; {@code design/FORMATS.md} describes the fields. */
public final class TermRegisterCodec {
    private static final int FORMAT_VERSION = 2;

    /** What has nothing in it that a reader of this version does not know is written as such. */
    private static final int FORMAT_WITHOUT_FORCE = 1;

    private TermRegisterCodec() {}

    public static byte[] encode(TermRegister register) {
        JsonObject json = new JsonObject();
        json.addProperty("format", register.forced() == null ? FORMAT_WITHOUT_FORCE : FORMAT_VERSION);
        json.addProperty("version", register.version());
        json.addProperty("nonce", register.nonce().toString());
        json.addProperty("term", register.term());
        json.addProperty("state", register.state().name().toLowerCase(Locale.ROOT));
        json.addProperty("primary", register.primary());
        json.addProperty("process", register.process().toString());
        json.addProperty("elector", register.elector());
        json.add("required_tip", encode(register.requiredTip()));
        JsonArray voters = new JsonArray();
        for (Voter voter : register.voters()) {
            JsonObject member = new JsonObject();
            member.addProperty("node", voter.nodeId());
            member.addProperty("disk", voter.diskId().toString());
            voters.add(member);
        }
        json.add("voters", voters);
        json.addProperty("commit_level", register.level().configName());
        json.addProperty("standby_rule", register.standbys().toString());
        json.addProperty("lease_ms", register.lease().toMillis());
        json.addProperty("log_floor", register.logFloor());
        if (register.forced() != null) {
            json.add("forced", encode(register.forced()));
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonElement encode(Forced forced) {
        JsonObject json = new JsonObject();
        json.addProperty("term", forced.term());
        json.add("after", encode(forced.after()));
        json.addProperty("by", forced.by());
        json.addProperty("at", forced.at().toString());
        JsonArray without = new JsonArray();
        forced.without().forEach(without::add);
        json.add("without", without);
        return json;
    }

    private static @Nullable JsonElement encode(@Nullable LogPosition position) {
        if (position == null) {
            return null;
        }
        JsonObject json = new JsonObject();
        json.addProperty("term", position.term());
        json.addProperty("index", position.index());
        json.addProperty("checksum", Integer.toUnsignedLong(position.checksum()));
        return json;
    }

    /**
     * Reads a register.
     *
     * @throws RegisterException when the bytes are no register of a format this version reads
     */
    public static TermRegister decode(byte[] bytes) throws RegisterException {
        try {
            JsonObject json = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
                    .getAsJsonObject();
            int format = json.get("format").getAsInt();
            if (format > FORMAT_VERSION) {
                throw new RegisterException(
                        "the term register was written by a newer netsy: format %d, this one reads %d; run the version of netsy that wrote it, or a newer one"
                                .formatted(format, FORMAT_VERSION));
            }
            if (format < FORMAT_WITHOUT_FORCE) {
                throw new IllegalArgumentException("format " + format);
            }
            return decode(json);
        } catch (JsonParseException
                | IllegalArgumentException
                | IllegalStateException
                | NullPointerException
                | ClassCastException
                | UnsupportedOperationException
                | DateTimeParseException e) {
            throw new RegisterException(
                    "the term register is damaged: it is not what netsy wrote (%s); restore an earlier version of the object, without one no writer can be told from another"
                            .formatted(String.valueOf(e.getMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse("")));
        }
    }

    private static TermRegister decode(JsonObject json) {
        List<Voter> voters = new ArrayList<>();
        for (JsonElement element : json.getAsJsonArray("voters")) {
            JsonObject voter = element.getAsJsonObject();
            voters.add(new Voter(voter.get("node").getAsString(), uuid(voter, "disk")));
        }
        return new TermRegister(
                json.get("version").getAsLong(),
                uuid(json, "nonce"),
                json.get("term").getAsLong(),
                State.valueOf(json.get("state").getAsString().toUpperCase(Locale.ROOT)),
                json.get("primary").getAsString(),
                uuid(json, "process"),
                json.get("elector").getAsString(),
                decodePosition(json.get("required_tip")),
                voters,
                CommitLevel.ofConfigName(json.get("commit_level").getAsString()),
                json.has("standby_rule")
                        ? StandbyRule.parse(json.get("standby_rule").getAsString())
                        : StandbyRule.ANYONE,
                Duration.ofMillis(json.get("lease_ms").getAsLong()),
                json.get("log_floor").getAsLong(),
                decodeForced(json.get("forced")));
    }

    private static @Nullable Forced decodeForced(@Nullable JsonElement element) {
        if (element == null) {
            return null;
        }
        JsonObject json = element.getAsJsonObject();
        LogPosition after = decodePosition(json.get("after"));
        if (after == null) {
            throw new IllegalArgumentException("forced without a position");
        }
        List<String> without = new ArrayList<>();
        json.getAsJsonArray("without").forEach(node -> without.add(node.getAsString()));
        return new Forced(
                json.get("term").getAsLong(),
                after,
                json.get("by").getAsString(),
                Instant.parse(json.get("at").getAsString()),
                without);
    }

    private static UUID uuid(JsonObject json, String name) {
        return UUID.fromString(json.get(name).getAsString());
    }

    private static @Nullable LogPosition decodePosition(@Nullable JsonElement element) {
        if (element == null || element.isJsonNull()) {
            return null;
        }
        JsonObject json = element.getAsJsonObject();
        return new LogPosition(json.get("term").getAsLong(), json.get("index").getAsLong(), (int)
                json.get("checksum").getAsLong());
    }
}
