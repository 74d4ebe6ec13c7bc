/**
 * The object store port: the few operations on named objects that Netsy's durable truth is built of, their outcomes
 * and their errors; adapters are the sub-packages named by their technology.
 */
@NullMarked
package io.netsy.node.objectstore;

import org.jspecify.annotations.NullMarked;
