using System.Net;

namespace Gantry.Server.Services;

/// <summary>What Services may be given: addresses of one or two families, and ports on every node.</summary>
public sealed record ServiceRanges
{
    /// <summary>The primary range, and for dual-stack clusters a second one of the other family.</summary>
    public required IReadOnlyList<IPNetwork> Addresses { get; init; }

    public int FirstNodePort { get; init; } = 30_000;

    public int LastNodePort { get; init; } = 32_767;

    /// <summary>The first address of the primary range: that of the API's own Service.</summary>
    public IPAddress ApiAddress => new AddressRange(Addresses[0]).At(1);

    /// <summary>Every problem with these values.</summary>
    public IEnumerable<string> Check()
    {
        if (Addresses.Count is < 1 or > 2)
        {
            yield return "there must be one or two service ranges";
        }
        else if (Addresses.Count == 2 && Addresses[0].BaseAddress.AddressFamily == Addresses[1].BaseAddress.AddressFamily)
        {
            yield return "two service ranges must be of different families";
        }

        if (Addresses.Any(a => new AddressRange(a).Count < 8))
        {
            yield return "a service range must hold at least 8 addresses";
        }

        if (FirstNodePort < 1 || LastNodePort > 65_535 || LastNodePort < FirstNodePort)
        {
            yield return "the range of node ports must lie within 1 to 65535";
        }
    }
}
