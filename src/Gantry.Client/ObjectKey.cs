using Gantry.Api.Models;

namespace Gantry.Client;

/// <summary>What names an object among those of its kind. The namespace is empty for kinds without namespaces.</summary>
public readonly record struct ObjectKey(string Namespace, string Name) : IComparable<ObjectKey>
{
    /// <summary>The key of an object without a namespace.</summary>
    public ObjectKey(string name) : this("", name)
    {
    }

    public static ObjectKey Of(IApiObject obj) => new(obj.Metadata.Namespace, obj.Metadata.Name);

    public int CompareTo(ObjectKey other)
    {
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    public static bool operator <(ObjectKey a, ObjectKey b) => a.CompareTo(b) < 0;

    public static bool operator >(ObjectKey a, ObjectKey b) => a.CompareTo(b) > 0;

    public static bool operator <=(ObjectKey a, ObjectKey b) => a.CompareTo(b) <= 0;

    public static bool operator >=(ObjectKey a, ObjectKey b) => a.CompareTo(b) >= 0;

    public override string ToString() => Namespace.Length == 0 ? Name : Namespace + "/" + Name;
}
