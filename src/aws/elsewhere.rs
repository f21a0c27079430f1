//! Trails of this account that this region does not show: those of one other region. Only who asks what nobody declared
//! needs them; they are looked at from here and never written.

use super::connection::Connection;
use super::error::CallError;
use super::read::arn;
use super::together::together;
use super::{Reader, trail};
use crate::name::{Arn, Name, Region};
use crate::resource::{Call, Key, Kind, Spec};
use crate::state::{Foreign, Foreignness};

/// A trail as the list tells it.
struct Listed {
    name: Name,
    arn: Arn,
    home: Region,
}

impl Reader {
    /// The account's trails whose home is another region, as far as `ListTrails` tells of them: that it lists every
    /// region's trails is unverified (API reference: "trails in the current account").
    ///
    /// # Errors
    /// [`CallError`] when the list is refused. What cannot be read of a single trail is left out of its entry.
    pub async fn trails_elsewhere(&self) -> Result<Vec<Foreign>, CallError> {
        let connection = &*self.connection;
        let here = &connection.target.region;
        let listed = list(connection).await?;
        let elsewhere = listed.into_iter().filter(|trail| trail.home != *here);
        Ok(together(elsewhere.map(|trail| read_one(connection, trail))).await)
    }
}

async fn list(connection: &Connection) -> Result<Vec<Listed>, CallError> {
    let mut listed = Vec::new();
    let mut next = None;
    loop {
        let request = connection.cloudtrail.list_trails().set_next_token(next.take());
        let page = connection.call(Call::ListTrails, "trails", Box::pin(request.send())).await?;
        listed.extend(page.trails().iter().filter_map(|trail| {
            let (name, arn) = (Name::new(trail.name()?), arn(trail.trail_arn())?);
            Some(Listed { name, home: Region::parse(trail.home_region()?)?, arn })
        }));
        match page.next_token() {
            Some(token) if !token.is_empty() => next = Some(token.to_owned()),
            _ => return Ok(listed),
        }
    }
}

/// By its ARN a trail can be described from any region (API reference, `DescribeTrails`); that its status and
/// selectors can be read so is documented for shadow trails only, so whatever fails here fails silently.
async fn read_one(connection: &Connection, listed: Listed) -> Foreign {
    let Listed { name, arn, home } = listed;
    let key = Key::new(Kind::Trail, &name);
    let spec = described(connection, &key, &arn).await.ok().flatten();
    Foreign { key, arn, why: Foreignness::HomeRegion(home), spec: spec.map(Box::new) }
}

async fn described(connection: &Connection, key: &Key, arn: &Arn) -> Result<Option<Spec>, CallError> {
    let request = connection.cloudtrail.describe_trails().trail_name_list(arn.as_str());
    let answer = connection.call(Call::DescribeTrails, &key.to_string(), Box::pin(request.send())).await?;
    let Some(trail) = answer.trail_list().first() else { return Ok(None) };
    let (trail, _) = trail::part_of(connection, trail, &key.name, arn).await?;
    Ok(Some(Spec::Trail(trail)))
}
