namespace Gantry.Server.Registry;

/// <summary>Something of which 64 bits tell whether it can be what is looked for, as a Bloom filter does: without one of the bits it is not.</summary>
public interface IMarked
{
    /// <summary>The bits that are set.</summary>
    ulong Marks { get; }
}
