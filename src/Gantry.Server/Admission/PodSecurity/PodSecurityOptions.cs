namespace Gantry.Server.Admission.PodSecurity;

/// <summary>What counts for namespaces without labels, and who is left alone (PodSecurityConfiguration).</summary>
public sealed record PodSecurityOptions
{
    /// <summary>What counts where a namespace has no label.</summary>
    public SecurityPolicy Defaults { get; init; } = SecurityPolicy.Everything;

    /// <summary>The users whose requests are not looked at.</summary>
    public IReadOnlyList<string> ExemptUsers { get; init; } = [];

    /// <summary>The namespaces that are not looked at.</summary>
    public IReadOnlyList<string> ExemptNamespaces { get; init; } = [];

    /// <summary>The runtime classes whose pods are not looked at.</summary>
    public IReadOnlyList<string> ExemptRuntimeClasses { get; init; } = [];
}
