using Gantry.Api.Models;

namespace Gantry.Server.Admission;

/// <summary>What nobody may have unless a quota speaks of it (<c>ResourceQuotaConfiguration</c>, Kubernetes documentation, "Limit Priority Class consumption by default").</summary>
/// <param name="Group">The group of the objects; empty for the core group.</param>
/// <param name="Resource">Their plural.</param>
/// <param name="MatchContains">Parts of the names of quota resources; whoever asks for one of these needs a quota of it.</param>
/// <param name="MatchScopes">Scopes; an object in one of them needs a quota of that scope.</param>
public sealed record LimitedResource(
    string Group, string Resource, IReadOnlyList<string> MatchContains, IReadOnlyList<V1ScopedResourceSelectorRequirement> MatchScopes);
