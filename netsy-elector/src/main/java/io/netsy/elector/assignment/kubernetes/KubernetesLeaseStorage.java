package io.netsy.elector.assignment.kubernetes;

import com.google.gson.JsonObject;
import io.netsy.elector.assignment.AssignmentException;
import io.netsy.elector.assignment.lease.LeaseRecord;
import io.netsy.elector.assignment.lease.LeaseStorage;
import io.netsy.elector.assignment.rest.RestAnswer;
import io.netsy.elector.assignment.rest.RestClient;
import io.netsy.elector.assignment.rest.RestException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Lease of Kubernetes: read, created, and replaced under its {@code resourceVersion}, so that of two writers one gets 409
 * (Kubernetes API conventions, "Concurrency Control and Consistency"). It needs the verbs get, create and update.
 */
public final class KubernetesLeaseStorage implements LeaseStorage {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int LONGEST_REASON = 300;

    private final KubernetesSettings settings;
    private final Duration fallback;
    private final RestClient client;
    private final String collection;
    private final String object;

    /** @param fallback the lease of an object that says none */
    public KubernetesLeaseStorage(KubernetesSettings settings, Duration fallback) {
        this.settings = settings;
        this.fallback = fallback;
        this.client = new RestClient(settings.server());
        this.collection = "/apis/coordination.k8s.io/v1/namespaces/%s/leases".formatted(settings.namespace());
        this.object = collection + "/" + settings.name();
    }

    @Override
    public String describe() {
        return "lease %s/%s of %s".formatted(settings.namespace(), settings.name(), client.describe());
    }

    @Override
    public Optional<Stored> read() throws AssignmentException {
        RestAnswer answer;
        try {
            answer = client.send("GET", object, null);
        } catch (RestException e) {
            throw new AssignmentException(String.valueOf(e.getMessage()));
        }
        if (answer.status() == NOT_FOUND && answer.json().isPresent()) {
            return Optional.empty();
        }
        if (answer.isSuccess()) {
            Stored stored = stored(answer);
            if (stored != null) {
                return Optional.of(stored);
            }
            throw new AssignmentException(
                    "%s: the answer is no Lease; is the URL that of a Kubernetes API server?".formatted(describe()));
        }
        throw refused("get", answer);
    }

    @Override
    public SwapResult create(LeaseRecord first) throws AssignmentException {
        return write("create", "POST", LeaseResource.create(settings, first));
    }

    @Override
    public SwapResult swap(Stored expected, LeaseRecord next) throws AssignmentException {
        return write("update", "PUT", LeaseResource.with((JsonObject) expected.mark(), next));
    }

    private SwapResult write(String verb, String method, JsonObject lease) throws AssignmentException {
        boolean creating = method.equals("POST");
        RestAnswer answer;
        try {
            answer = client.send(method, creating ? collection : object, lease.toString());
        } catch (RestException e) {
            return new SwapResult.Unknown(String.valueOf(e.getMessage()));
        }
        if (answer.isSuccess()) {
            Stored stored = stored(answer);
            return stored == null
                    ? new SwapResult.Unknown("%s: the answer to '%s' is no Lease".formatted(describe(), verb))
                    : new SwapResult.Swapped(stored);
        }
        // An object that was deleted in between can't be replaced; it is created at the next look.
        if (answer.status() == CONFLICT || (answer.status() == NOT_FOUND && !creating)) {
            return new SwapResult.Lost();
        }
        if (answer.isServersFault()) {
            return new SwapResult.Unknown(message(verb, answer));
        }
        throw refused(verb, answer);
    }

    private @Nullable Stored stored(RestAnswer answer) {
        Optional<JsonObject> json = answer.json();
        if (json.isEmpty()) {
            return null;
        }
        try {
            LeaseRecord record = LeaseResource.read(json.get(), fallback);
            return new Stored(record, json.get(), record);
        } catch (RuntimeException e) {
            // Gson and java.time throw half a dozen kinds for what is not as it should be; nothing else is called here.
            return null;
        }
    }

    private AssignmentException refused(String verb, RestAnswer answer) {
        String wayOut = switch (answer.status()) {
            case UNAUTHORIZED -> "; the API server does not know the token: check it, and that it has not expired";
            case FORBIDDEN ->
                "; the service account needs a Role in namespace %s with verbs get, create, update on leases of coordination.k8s.io"
                        .formatted(settings.namespace());
            case NOT_FOUND ->
                "; does the namespace '%s' exist, and is the URL that of a Kubernetes API server?"
                        .formatted(settings.namespace());
            default -> "";
        };
        return new AssignmentException(message(verb, answer) + wayOut);
    }

    /** What the API server said: the message of its Status object, or the beginning of whatever came. */
    private String message(String verb, RestAnswer answer) {
        String said = answer.json()
                .filter(status -> status.has("message") && status.get("message").isJsonPrimitive())
                .map(status -> status.get("message").getAsString())
                .orElse(answer.body());
        String line = said.lines().findFirst().orElse("");
        return "%s: '%s' was answered with %d: %s"
                .formatted(
                        describe(), verb, answer.status(), line.substring(0, Math.min(line.length(), LONGEST_REASON)));
    }

    @Override
    public void close() {
        client.close();
    }
}
