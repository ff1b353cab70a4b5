namespace Gantry.Client;

/// <summary>Reads and writes of typed objects.</summary>
public interface IApiClient : IApiReader, IApiWriter;
