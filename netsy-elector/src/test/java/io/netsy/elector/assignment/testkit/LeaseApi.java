package io.netsy.elector.assignment.testkit;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.netsy.elector.assignment.testkit.FaultyHttpServer.Answer;
import io.netsy.elector.assignment.testkit.FaultyHttpServer.Request;
import java.util.HashMap;
import java.util.Map;

/** As much of a Kubernetes API server as Leases in one namespace need, with its rules on versions. */
public final class LeaseApi implements FaultyHttpServer.Handler {
    private static final String COLLECTION = "/apis/coordination.k8s.io/v1/namespaces/infra/leases";

    private final Map<String, JsonObject> leases = new HashMap<>();
    private long version = 100;

    @Override
    public Answer answer(Request request) {
        if (!request.path().startsWith(COLLECTION)) {
            return status(404, "NotFound", "namespaces \"other\" not found");
        }
        String name = request.path().substring(COLLECTION.length()).replace("/", "");
        return switch (request.method()) {
            case "GET" -> get(name);
            case "POST" -> create(JsonParser.parseString(request.body()).getAsJsonObject());
            case "PUT" -> replace(name, JsonParser.parseString(request.body()).getAsJsonObject());
            case "DELETE" -> new Answer(leases.remove(name) == null ? 404 : 200, "{}");
            default -> status(405, "MethodNotAllowed", "the server does not allow this method");
        };
    }

    private Answer get(String name) {
        JsonObject lease = leases.get(name);
        return lease == null ? missing(name) : new Answer(200, lease.toString());
    }

    private Answer create(JsonObject lease) {
        String name = lease.getAsJsonObject("metadata").get("name").getAsString();
        return leases.containsKey(name)
                ? status(409, "AlreadyExists", "leases \"%s\" already exists".formatted(name))
                : new Answer(201, keep(name, lease).toString());
    }

    private Answer replace(String name, JsonObject lease) {
        JsonObject before = leases.get(name);
        if (before == null) {
            return missing(name);
        }
        return versionOf(before).equals(versionOf(lease))
                ? new Answer(200, keep(name, lease).toString())
                : status(
                        409,
                        "Conflict",
                        "the object has been modified; please apply your changes to the latest version");
    }

    private JsonObject keep(String name, JsonObject lease) {
        JsonObject kept = lease.deepCopy();
        kept.getAsJsonObject("metadata").addProperty("resourceVersion", String.valueOf(++version));
        leases.put(name, kept);
        return kept;
    }

    private static String versionOf(JsonObject lease) {
        return lease.getAsJsonObject("metadata").get("resourceVersion").getAsString();
    }

    private static Answer missing(String name) {
        return status(404, "NotFound", "leases.coordination.k8s.io \"%s\" not found".formatted(name));
    }

    /** The error object of Kubernetes. */
    public static Answer status(int code, String reason, String message) {
        JsonObject status = new JsonObject();
        status.addProperty("kind", "Status");
        status.addProperty("status", "Failure");
        status.addProperty("reason", reason);
        status.addProperty("message", message);
        status.addProperty("code", code);
        return new Answer(code, status.toString());
    }
}
