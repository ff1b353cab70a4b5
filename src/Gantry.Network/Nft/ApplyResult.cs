namespace Gantry.Network.Nft;

/// <summary>What became of a program given to the kernel.</summary>
public abstract record ApplyResult
{
    private ApplyResult()
    {
    }

    /// <summary>The kernel holds it now; the text that did it, for logs and tests.</summary>
    public sealed record Applied(string Text) : ApplyResult;

    /// <summary>The kernel held it already.</summary>
    public sealed record Unchanged : ApplyResult;

    /// <summary>Nothing changed in the kernel; the words of nft. The next attempt replaces the whole table.</summary>
    public sealed record Failed(string Reason) : ApplyResult;
}
