using Gantry.Server.Pipeline;
using Gantry.Server.Reading;
using Gantry.Server.Registry;
using Gantry.Server.Requests;

namespace Gantry.Server.Http;

/// <summary>Makes the Table form of objects (meta/v1), as JSON.</summary>
internal interface ITableMaker
{
    /// <summary>A table of one object.</summary>
    byte[] Table(ApiAnswer.Item item, string version, RequestOptions options, bool withColumns = true);

    /// <summary>A table of a list.</summary>
    byte[] Table(ListPage page, string version, RequestOptions options);

    /// <summary>A table of one changed object, for a watch; the columns are only in the first.</summary>
    byte[] Table(Handling.ServedResource resource, StoredObject value, string version, bool withColumns, RequestOptions options);
}
