using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Registry;
using Gantry.Api;

namespace Gantry.Server.Tests.Services;

/// <summary>The stored Services of a test.</summary>
internal sealed class StoredServices : IObjects
{
    private List<V1Service> _services = [];

    public long Revision { get; private set; }

    public void Put(TreeMap service)
    {
        var stored = ApiJson.Decode<V1Service>(TreeJson.Write(service));
        _services = [.. _services.Where(s => s.Metadata.Name != stored.Metadata.Name), stored];
        Revision++;
    }

    public void Remove(string name)
    {
        _services = [.. _services.Where(s => s.Metadata.Name != name)];
        Revision++;
    }

    public T? Get<T>(string ns, string name)
        where T : class, IApiObject<T> => _services.Find(s => s.Metadata.Name == name) as T;

    public IEnumerable<T> List<T>(string ns = "")
        where T : class, IApiObject<T> => _services.Cast<T>();

    public object Version<T>()
        where T : class, IApiObject<T> => _services;
}
