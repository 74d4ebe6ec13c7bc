/** The one encoding of the log: frames of entries, the same bytes on disk, on the wire and in the bucket. */
@NullMarked
package io.netsy.replication.codec;

import org.jspecify.annotations.NullMarked;
