/**
 * Security events and log lines. Decides how events are logged and counted; does not know who publishes them and why.
 */
@NullMarked
package io.identities.gateway.audit;

import org.jspecify.annotations.NullMarked;
