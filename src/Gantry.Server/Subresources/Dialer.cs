namespace Gantry.Server.Subresources;

/// <summary>Opens a connection to an address and port.</summary>
internal delegate ValueTask<Stream> Dialer(string address, int port, CancellationToken cancellation);
