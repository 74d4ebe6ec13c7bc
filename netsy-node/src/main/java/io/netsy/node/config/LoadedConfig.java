package io.netsy.node.config;

import java.util.Map;

/**
 * A checked configuration, and where each value came from.
 *
 * @param settings by option key, in the order of the reference; unset options are missing
 */
public record LoadedConfig(NodeConfig config, Map<String, Setting> settings) {}
