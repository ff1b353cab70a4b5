using Gantry.Api.Trees;

namespace Gantry.Server.Handling;

/// <summary>Turns objects of a served version into the stored version of the same resource and back.</summary>
public interface IVersionConversion
{
    /// <summary>A decoded object of the served version as one of the stored version; the tree is the caller's own.</summary>
    TreeMap Store(TreeMap served);

    /// <summary>A stored object as a tree of the served version; the tree is the caller's own.</summary>
    TreeMap Serve(TreeMap stored);

    /// <summary>Stored JSON as JSON of the served version.</summary>
    byte[] Serve(ReadOnlySpan<byte> stored);
}
