/** The object store on S3 and services that speak its API, by the AWS SDK for Java. */
@NullMarked
package io.netsy.node.objectstore.s3;

import org.jspecify.annotations.NullMarked;
