namespace Gantry.Control;

/// <summary>A lease that several processes compete for.</summary>
public sealed record LeaseOptions
{
    public string Namespace { get; init; } = "kube-system";

    public required string Name { get; init; }

    /// <summary>Who this process is; different for each competitor.</summary>
    public required string Identity { get; init; }

    /// <summary>A lease not renewed for that long may be taken over.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A leader that could not renew for that long gives up, well before a rival may take over.</summary>
    public TimeSpan RenewLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause between attempts to take or renew.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Every problem with these values.</summary>
    public IEnumerable<string> Check()
    {
        if (Name.Length == 0 || Identity.Length == 0)
        {
            yield return "lease.name and lease.identity must be set";
        }

        if (Pause <= TimeSpan.Zero || RenewLimit <= Pause || Duration <= RenewLimit)
        {
            yield return "lease times must satisfy 0 < pause < renewLimit < duration";
        }
    }
}
