using Gantry.Api.Models;
using Gantry.Server.Registry;

namespace Gantry.Server.Tests.Authorization;

/// <summary>Objects set by hand.</summary>
internal sealed class FixedApiObjects : IObjects
{
    private readonly List<IApiObject> _objects = [];

    public void Add(IApiObject value) => _objects.Add(value);

    public T? Get<T>(string ns, string name)
        where T : class, IApiObject<T> => _objects.OfType<T>().FirstOrDefault(o => o.Metadata.Namespace == ns && o.Metadata.Name == name);

    public IEnumerable<T> List<T>(string ns = "")
        where T : class, IApiObject<T> => _objects.OfType<T>().Where(o => ns.Length == 0 || o.Metadata.Namespace == ns);

    public object Version<T>()
        where T : class, IApiObject<T> => _objects;
}
