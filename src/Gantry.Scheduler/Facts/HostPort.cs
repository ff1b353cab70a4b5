namespace Gantry.Scheduler.Facts;

/// <summary>A port a pod takes on its node. An empty address means all addresses.</summary>
public readonly record struct HostPort(string Address, string Protocol, int Port)
{
    /// <summary>Two ports clash when number and protocol are equal and one of the addresses is the wildcard or both are the same.</summary>
    public bool Clashes(HostPort other) =>
        Port == other.Port
        && string.Equals(Protocol, other.Protocol, StringComparison.Ordinal)
        && (IsWildcard(Address) || IsWildcard(other.Address) || string.Equals(Address, other.Address, StringComparison.Ordinal));

    private static bool IsWildcard(string address) => address.Length == 0 || string.Equals(address, "0.0.0.0", StringComparison.Ordinal);
}
