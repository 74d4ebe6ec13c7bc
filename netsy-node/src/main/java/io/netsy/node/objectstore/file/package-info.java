/**
 * The object store on a folder of a local disk: objects are files that are written aside, flushed and then linked to
 * their name, so that the file system itself decides races.
 */
@NullMarked
package io.netsy.node.objectstore.file;

import org.jspecify.annotations.NullMarked;
