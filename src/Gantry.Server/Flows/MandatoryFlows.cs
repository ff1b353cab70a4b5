using Gantry.Api.Models;
using Gantry.Server.Bootstrap;

namespace Gantry.Server.Flows;

/// <summary>The schemas and levels that are in force even where nobody made their objects.</summary>
internal static class MandatoryFlows
{
    public const string CatchAll = "catch-all";

    private const string Exempt = "exempt";

    private static readonly BootstrapFlows All = BootstrapFlows.Load();

    public static IReadOnlyList<V1FlowSchema> Schemas { get; } = [.. All.Flows.Where(f => f.Metadata.Name is CatchAll or Exempt)];

    public static IReadOnlyList<V1PriorityLevelConfiguration> Levels { get; } = [.. All.Levels.Where(l => l.Metadata.Name is CatchAll or Exempt)];
}
