using Gantry.Network.Host;

namespace Gantry.Network.Nft;

/// <summary>
/// Brings the kernel's table to a program: whole the first time and after a failure, afterwards by the difference. Every change is one
/// transaction, so packets see either the old rules or the new ones. One loop owns it; not thread-safe.
/// </summary>
public sealed class NftApplier(HostTools tools)
{
    private NftProgram? _applied;

    public async Task<ApplyResult> ApplyAsync(NftProgram program, CancellationToken stop)
    {
        var text = _applied is { } before ? NftUpdate.Between(before, program) : NftText.Replace(program);
        if (text.Length == 0)
        {
            _applied = program;
            return new ApplyResult.Unchanged();
        }

        // What a cancelled run has done is unknown, hence forgotten first.
        _applied = null;
        var result = await tools.RunAsync(["nft", "-f", "-"], text, stop).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            return new ApplyResult.Failed(result.Error.Trim());
        }

        _applied = program;
        return new ApplyResult.Applied(text);
    }

    /// <summary>Takes the table away; fine when there is none.</summary>
    public async Task<ApplyResult> RemoveAsync(string table, CancellationToken stop)
    {
        _applied = null;
        var text = NftText.Remove(table);
        var result = await tools.RunAsync(["nft", "-f", "-"], text, stop).ConfigureAwait(false);
        return result.Succeeded ? new ApplyResult.Applied(text) : new ApplyResult.Failed(result.Error.Trim());
    }
}
