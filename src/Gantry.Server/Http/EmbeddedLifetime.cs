using Microsoft.Extensions.Hosting;

namespace Gantry.Server.Http;

/// <summary>The web host lives and dies with the server that owns it: it listens to no signals of the process.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
