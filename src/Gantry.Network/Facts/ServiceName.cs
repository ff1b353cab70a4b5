namespace Gantry.Network.Facts;

/// <summary>Namespace and name of one Service; ordered by namespace, then name, so that plans are stable.</summary>
public readonly record struct ServiceName(string Namespace, string Name) : IComparable<ServiceName>
{
    public int CompareTo(ServiceName other)
    {
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    public override string ToString() => $"{Namespace}/{Name}";

    public static bool operator <(ServiceName left, ServiceName right) => left.CompareTo(right) < 0;

    public static bool operator >(ServiceName left, ServiceName right) => left.CompareTo(right) > 0;

    public static bool operator <=(ServiceName left, ServiceName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ServiceName left, ServiceName right) => left.CompareTo(right) >= 0;
}
