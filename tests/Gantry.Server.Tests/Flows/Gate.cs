using System.Threading.Channels;
using Gantry.Server.Http;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Tests.Flows;

/// <summary>A path whose requests stay until they are let go, so that tests decide how long seats are taken.</summary>
internal sealed class Gate : IPathHandler, IDisposable
{
    private readonly SemaphoreSlim _open = new(0);
    private readonly Channel<string> _entered = Channel.CreateUnbounded<string>();

    /// <summary>Who has come in next.</summary>
    public async Task<string> EnteredAsync() => await _entered.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public void LetGo(int count = 1) => _open.Release(count);

    public async ValueTask<ApiAnswer?> AnswerAsync(HttpContext context, RequestInfo info, UserInfo user, CancellationToken cancellation)
    {
        if (info.Path != "/gate")
        {
            return null;
        }

        await _entered.Writer.WriteAsync(user.Name, cancellation);
        await _open.WaitAsync(cancellation);
        return new ApiAnswer.Document(200, "text/plain", "through"u8.ToArray());
    }

    public void Dispose() => _open.Dispose();
}
