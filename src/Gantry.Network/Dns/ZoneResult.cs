namespace Gantry.Network.Dns;

/// <summary>What the cluster's zone says to a question.</summary>
public abstract record ZoneResult
{
    private ZoneResult()
    {
    }

    /// <summary>Not a name of the cluster: somebody else must be asked.</summary>
    public sealed record Elsewhere : ZoneResult;

    public sealed record Answered(DnsAnswer Answer) : ZoneResult;

    /// <summary>An alias (ExternalName): the answer begins with the alias and goes on with what its target gives.</summary>
    public sealed record Follow(DnsRecord.Alias Alias) : ZoneResult;
}
