namespace Gantry.Server.Services;

/// <summary>The node ports that one write takes. A dry run takes none, and is shown ports that nobody gets.</summary>
/// <param name="owner">Knows what is free.</param>
/// <param name="taken">What the write has taken so far.</param>
/// <param name="dryRun">Whether the write is only tried.</param>
internal sealed class PortClaims(ServiceAllocator owner, List<string> taken, bool dryRun)
{
    private const int Shown = 32_769;

    private readonly List<int> _claimed = [];

    /// <summary>Takes a port.</summary>
    /// <returns>Why it is not to be had, or null.</returns>
    public string? Claim(int port)
    {
        var why = dryRun ? owner.TakenRefusal(port) ?? (_claimed.Contains(port) ? ServiceAllocator.PortIsTaken : null) : owner.PortRefusal(port);
        if (why is null)
        {
            Take(port);
        }

        return why;
    }

    /// <summary>Takes a port that is free.</summary>
    /// <returns>Null where none is.</returns>
    public int? Next()
    {
        var port = !dryRun ? owner.FreePort() : _claimed.Count == 0 ? Shown : _claimed.Max() + 1;
        if (port is { } found)
        {
            Take(found);
        }

        return port;
    }

    private void Take(int port)
    {
        _claimed.Add(port);
        if (!dryRun)
        {
            owner.Take(ServiceUsage.Key(port), taken);
        }
    }
}
