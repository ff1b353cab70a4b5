using System.Collections.Frozen;
using Gantry.Api.Models;
using Gantry.Server.Bootstrap;

namespace Gantry.Server.Validation;

/// <summary>The specs of the flow control objects that nobody may change: they keep a server reachable whatever else is configured.</summary>
internal static class MandatoryFlows
{
    private static readonly string[] Names = ["exempt", "catch-all"];

    private static readonly Lazy<FrozenDictionary<string, V1FlowSchemaSpec>> Schemas = new(() =>
        BootstrapFlows.Load().Flows.Where(f => Names.Contains(f.Metadata.Name, StringComparer.Ordinal)).ToFrozenDictionary(f => f.Metadata.Name, f => f.Spec, StringComparer.Ordinal));

    private static readonly Lazy<FrozenDictionary<string, V1PriorityLevelConfigurationSpec>> Levels = new(() =>
        BootstrapFlows.Load().Levels.Where(l => Names.Contains(l.Metadata.Name, StringComparer.Ordinal)).ToFrozenDictionary(l => l.Metadata.Name, l => l.Spec, StringComparer.Ordinal));

    /// <summary>The spec that a schema of this name has to have; null where it may have any.</summary>
    public static V1FlowSchemaSpec? Schema(string name) => Schemas.Value.GetValueOrDefault(name);

    /// <summary>The same for a priority level.</summary>
    public static V1PriorityLevelConfigurationSpec? Level(string name) => Levels.Value.GetValueOrDefault(name);
}
