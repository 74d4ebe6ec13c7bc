/** Tests of the log's encoding. */
@NullMarked
package io.netsy.replication.codec;

import org.jspecify.annotations.NullMarked;
