package io.netsy.node.objectstore;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A store of named objects that decides races between writers: the place where Netsy's durable truth lives.
 *
 * <p><b>Consistency.</b> An object that a write created or swapped is durable and seen by every later {@code get} and
 * {@code list} of every process. Of any number of concurrent {@link #putIfAbsent} of one key exactly one answers
 * {@link PutOutcome.Created}; of any number of concurrent {@link #putIfMatch} against one version exactly one answers
 * {@link SwapOutcome.Swapped}. {@link StoreProbe} tests all of this on the real store.
 *
 * <p><b>Errors.</b> Every method throws {@link ObjectStoreException} and nothing else for what the store or the way to
 * it did; {@link IllegalArgumentException} for a key that {@link ObjectKeys} does not allow. A conditional write whose
 * answer was lost is never repeated inside: a repeated create that had succeeded the first time would be answered
 * "exists" and be taken for a loss. It ends in {@link ObjectStoreException.OutcomeUnknown} and the caller settles it by
 * reading back. Reads and lists repeat inside, a bounded number of times with jittered pauses.
 *
 * <p><b>Threads.</b> Thread safe. Calls block and are meant for virtual threads; an interrupt ends a call early as a
 * fault of that call.
 */
public interface ObjectStore extends AutoCloseable {

    /**
     * The whole object in memory, or empty when there is none.
     *
     * @throws ObjectStoreException.Unavailable when the store could not be read; repeat later
     * @throws ObjectStoreException.Refused when the store said no
     */
    Optional<StoredObject> get(String key);

    /**
     * The object's bytes as a stream of bounded memory, for objects of any size. The stream is of one version of the
     * object, throws {@link java.io.IOException} when it can't be read to its end, and must be closed.
     *
     * @throws ObjectStoreException.ObjectMissing when there is no such object
     * @throws ObjectStoreException.Unavailable when the store could not be read; repeat later
     * @throws ObjectStoreException.Refused when the store said no
     */
    InputStream open(String key);

    /**
     * Creates the object from the remaining bytes of the buffers, one after the other, unless the key is taken.
     * Position and limit of the buffers are left as they are; their content must not change during the call.
     *
     * @throws ObjectStoreException.OutcomeUnknown when the object may or may not have been created, now or later
     * @throws ObjectStoreException.Refused when the store said no: nothing was created
     */
    PutOutcome putIfAbsent(String key, ByteBuffer... body);

    /**
     * Replaces the object's content if its version is still the expected one. An absent object matches nothing.
     *
     * @param expected a version that this store gave out for this key
     * @throws ObjectStoreException.OutcomeUnknown when the swap may or may not have happened, now or later
     * @throws ObjectStoreException.Refused when the store said no: nothing was changed
     */
    SwapOutcome putIfMatch(String key, ObjectVersion expected, byte[] body);

    /**
     * Creates the object from a file of any size in bounded memory, unless the key is taken. The object appears whole
     * or not at all. The file must not change during the call.
     *
     * @throws ObjectStoreException.OutcomeUnknown when the object may or may not have been created, now or later
     * @throws ObjectStoreException.Refused when the store said no: nothing was created
     */
    PutOutcome uploadIfAbsent(String key, Path file);

    /**
     * The first objects, at most {@code limit}, whose key starts with the prefix and comes after {@code startAfter},
     * ascending by the bytes of the key. Fewer than {@code limit} means that there are no more.
     *
     * @param prefix any beginning of a key, empty for all
     * @param startAfter the key (not necessarily of an object) after which to begin, or null for the beginning
     * @param limit at least 1
     * @throws ObjectStoreException.Unavailable when the store could not be read; repeat later
     * @throws ObjectStoreException.Refused when the store said no
     */
    List<ObjectInfo> list(String prefix, @Nullable String startAfter, int limit);

    /**
     * Removes the objects; a key without object is no error. An object that somebody may still swap must not be
     * deleted: a late swap could win against its successor of the same key.
     *
     * @throws ObjectStoreException.OutcomeUnknown when any of them may still be there; repeating is harmless
     * @throws ObjectStoreException.Refused when the store said no to any of them; others may be gone
     */
    void delete(Collection<String> keys);

    /** The store's name for messages, without secrets, like {@code s3://bucket/prefix (endpoint http://127.0.0.1:7070)}. */
    String describe();

    /** Frees connections and files; calls under way end as faults. Never throws. */
    @Override
    void close();
}
