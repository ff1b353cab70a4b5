namespace Gantry.Server.Audit;

/// <summary>Resources of one group that a rule is about; empty lists mean all.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Resources">Such as <c>pods</c>, <c>pods/log</c>, <c>pods/*</c>, <c>*/scale</c>, <c>*</c>.</param>
/// <param name="ResourceNames">Names of objects.</param>
public sealed record AuditGroupResources(string Group, IReadOnlyList<string> Resources, IReadOnlyList<string> ResourceNames);
