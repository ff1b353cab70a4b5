namespace Gantry.Server.Admission.PodSecurity;

/// <summary>A level of one version, as messages name it: <c>restricted:v1.30</c>.</summary>
public readonly record struct SecurityStandard(SecurityLevel Level, StandardVersion Version)
{
    public static SecurityStandard Everything { get; } = new(SecurityLevel.Privileged, StandardVersion.Latest);

    public bool Allows => Level == SecurityLevel.Privileged;

    public override string ToString() => Name(Level) + ":" + Version;

    internal static string Name(SecurityLevel level) => level switch
    {
        SecurityLevel.Privileged => "privileged",
        SecurityLevel.Baseline => "baseline",
        _ => "restricted",
    };
}
