package io.netsy.node.wiring;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.StoredObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where clients reach each node: written by the node itself as {@code nodes/<name>.json}, read by the others. Nothing of
 * the protocol rests on it. {@link #clientUrls} is for any thread; the rest blocks.
 */
final class Registrations {
    private static final Logger LOG = LoggerFactory.getLogger(Registrations.class);

    /** How often a node looks where the others are after its start, as long as it does not know all of them. */
    static final Duration PERIOD = Duration.ofMillis(100);

    /** The others of a new cluster start within these. */
    private static final int HURRIED_PERIODS = 100;

    /** Who is not known by then is looked for once in so many. */
    private static final int PERIODS_BETWEEN_SEARCHES = 10;

    /** When it knows them it looks once in so many, for they may move. */
    private static final int PERIODS_BETWEEN_LOOKS = 600;

    private static final int FORMAT_VERSION = 1;
    private static final int MAX_NODES = 1_000;

    private final ObjectStore store;
    private final String self;
    private final List<String> ownUrls;
    private final String ownPeerUrl;
    private final Supplier<Set<String>> nodes;
    private final Map<String, List<String>> urls = new ConcurrentHashMap<>();
    private final AtomicBoolean looking = new AtomicBoolean();
    private int periods;

    /**
     * @param ownPeerUrl where this node is reached by others: a member without a name that is reached there is this node
     * @param nodes the others' names, as they are at any time
     */
    Registrations(
            ObjectStore store, String self, List<String> ownUrls, String ownPeerUrl, Supplier<Set<String>> nodes) {
        this.store = store;
        this.self = self;
        this.ownUrls = List.copyOf(ownUrls);
        this.ownPeerUrl = ownPeerUrl;
        this.nodes = nodes;
        urls.put(self, this.ownUrls);
    }

    /** Where clients reach a node; empty while it never said. */
    List<String> clientUrls(String node) {
        return urls.getOrDefault(node, List.of());
    }

    /** Looks for the others if it is time to; to be called each {@link #PERIOD}, by one thread at a time. */
    void maybeRefresh() {
        if (looking.compareAndSet(false, true)) {
            if (isTimeToLook(periods++)) {
                refresh();
            }
            looking.set(false);
        }
    }

    private boolean isTimeToLook(int period) {
        return period % PERIODS_BETWEEN_LOOKS == 0
                || ((period < HURRIED_PERIODS || period % PERIODS_BETWEEN_SEARCHES == 0)
                        && !urls.keySet().containsAll(nodes.get()));
    }

    /** Says where this node is, unless that stands already, and looks where the others are. */
    private void refresh() {
        try {
            register();
            for (String node : nodes.get()) {
                if (!node.equals(self)) {
                    store.get(key(node)).ifPresent(found -> urls.put(node, decode(found)));
                }
            }
        } catch (ObjectStoreException | JsonParseException | IllegalStateException e) {
            LOG.debug("registrations not up to date: {}", e.getMessage());
        }
    }

    /**
     * The name of the node that registered itself as the one that is reached there, the last that did so; blocks.
     *
     * @throws ObjectStoreException when the store does not answer
     */
    Optional<String> nameAt(Collection<String> peerUrls) {
        return store.list("nodes/", null, MAX_NODES).stream()
                .sorted(Comparator.comparing(ObjectInfo::lastModified).reversed())
                .map(ObjectInfo::key)
                .filter(key ->
                        store.get(key).filter(found -> isAt(found, peerUrls)).isPresent())
                .findFirst()
                .map(key -> key.substring("nodes/".length(), key.length() - ".json".length()));
    }

    private static boolean isAt(StoredObject object, Collection<String> peerUrls) {
        return peerUrl(object).filter(peerUrls::contains).isPresent();
    }

    private static Optional<String> peerUrl(StoredObject object) {
        JsonElement url = JsonParser.parseString(new String(object.body(), StandardCharsets.UTF_8))
                .getAsJsonObject()
                .get("peer_url");
        return url == null ? Optional.empty() : Optional.of(url.getAsString());
    }

    /**
     * Where a node says that others reach it; blocks.
     *
     * @throws ObjectStoreException when the store does not answer
     * @throws JsonParseException when what stands there was written by nobody who knows the format
     */
    static Optional<String> peerUrl(ObjectStore store, String node) {
        return store.get(key(node)).flatMap(Registrations::peerUrl);
    }

    /** Forgets a node that was removed, so that it is not taken for another one at its address; blocks. */
    void forget(String node) {
        urls.remove(node);
        store.delete(List.of(key(node)));
    }

    private void register() {
        byte[] wanted = encode(ownUrls, ownPeerUrl);
        Optional<StoredObject> current = store.get(key(self));
        if (current.isEmpty()) {
            var _ = store.putIfAbsent(key(self), ByteBuffer.wrap(wanted));
        } else if (!Arrays.equals(current.get().body(), wanted)) {
            var _ = store.putIfMatch(key(self), current.get().version(), wanted);
        }
    }

    private static String key(String node) {
        return "nodes/" + node + ".json";
    }

    private static byte[] encode(List<String> clientUrls, String peerUrl) {
        JsonArray array = new JsonArray();
        clientUrls.forEach(array::add);
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT_VERSION);
        json.add("client_urls", array);
        json.addProperty("peer_url", peerUrl);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> decode(StoredObject object) {
        JsonObject json = JsonParser.parseString(new String(object.body(), StandardCharsets.UTF_8))
                .getAsJsonObject();
        List<String> found = new ArrayList<>();
        for (JsonElement url : json.getAsJsonArray("client_urls")) {
            found.add(url.getAsString());
        }
        return found;
    }
}
