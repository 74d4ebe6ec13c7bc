/** What tests and measurements of anything that stands on an object store share: servers, fakes, faults, a proxy. */
@NullMarked
package io.netsy.node.objectstore.testkit;

import org.jspecify.annotations.NullMarked;
