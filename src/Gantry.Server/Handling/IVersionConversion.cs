using Gantry.Api.Trees;

namespace Gantry.Server.Handling;

/// <summary>Turns objects of a served version into the stored version of the same resource and back. Trees are the callee's own.</summary>
public interface IVersionConversion
{
    /// <summary>An object of the served version as it is kept: in the stored version, with that version's defaults.</summary>
    TreeMap Store(TreeMap served);

    /// <summary>The same without the defaults, which do not belong to what was written.</summary>
    TreeMap Bare(TreeMap served) => Store(served);

    /// <summary>An object of the stored version as one of the served version.</summary>
    TreeMap Serve(TreeMap stored);
}
