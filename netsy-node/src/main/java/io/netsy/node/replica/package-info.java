/**
 * The SQLite replica: every revision's key, fields and value on disk, the key index that is read from it at start, and
 * the caches in front of it. What is in it was committed before and can always be rebuilt from the bucket.
 */
@NullMarked
package io.netsy.node.replica;

import org.jspecify.annotations.NullMarked;
