package io.netsy.etcd.maintenance.snapshot;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.netsy.etcd.port.ClusterView.Member;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;

/** Members in the JSON in which etcd keeps them (etcd semantics, section 15); ids are unsigned. */
final class MemberTexts {
    private MemberTexts() {}

    static String json(Member member) {
        JsonObject json = new JsonObject();
        json.add("id", id(member));
        json.add("peerURLs", array(member.peerUrls().stream().map(JsonPrimitive::new)));
        if (member.learner()) {
            json.addProperty("isLearner", true);
        }
        json.addProperty("name", member.name());
        json.add("clientURLs", array(member.clientUrls().stream().map(JsonPrimitive::new)));
        return json.toString();
    }

    /** Who votes and who learns. */
    static String confState(List<Member> members) {
        JsonObject json = new JsonObject();
        json.add(
                "voters",
                array(members.stream().filter(member -> !member.learner()).map(MemberTexts::id)));
        if (members.stream().anyMatch(Member::learner)) {
            json.add("learners", array(members.stream().filter(Member::learner).map(MemberTexts::id)));
        }
        json.addProperty("auto_leave", false);
        return json.toString();
    }

    private static JsonElement id(Member member) {
        return new JsonPrimitive(new BigInteger(Long.toUnsignedString(member.id())));
    }

    private static JsonArray array(Stream<? extends JsonElement> elements) {
        JsonArray array = new JsonArray();
        elements.forEach(array::add);
        return array;
    }
}
