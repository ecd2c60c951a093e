//! The verbs of lists.

use super::list::{List, ListCount, ListPatch, NewList};
use super::store::Kind;
use super::task::Place;
use super::{Expect, rank, store};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::{ListId, Owner};
use crate::time::Timestamp;

/// Every list that is not in the trash: the Inbox first, then as ordered.
pub fn all_lists(conn: &Conn, owner: Owner) -> Result<Vec<List>> {
    store::lists(conn, owner)
}

/// How many open and completed tasks each list holds, in the same order.
pub fn counts(conn: &Conn, owner: Owner) -> Result<Vec<ListCount>> {
    store::counts(conn, owner)
}

/// The list, or `NotFound` when it is in the trash, gone, or not theirs.
pub fn get_list(conn: &Conn, owner: Owner, id: ListId) -> Result<List> {
    store::find_list(conn, owner, id)?.ok_or(Error::NotFound("list"))
}

/// Makes a list with an id of our own.
pub fn create_list(tx: &Tx, owner: Owner, new: NewList, now: Timestamp) -> Result<List> {
    insert(tx, owner, ListId::new(), new, now)
}

/// Makes the list with the id a client chose, or renames the one that has it;
/// it stays where it is unless the body says a place. The same body again
/// changes nothing, so a retry is safe. True if it was made.
pub fn put_list(
    tx: &Tx,
    owner: Owner,
    id: ListId,
    new: NewList,
    expect: &Expect,
    now: Timestamp,
) -> Result<(List, bool)> {
    if store::find_list(tx, owner, id)?.is_some() {
        let patch = ListPatch { name: Some(new.name), place: new.place };
        return Ok((update_list(tx, owner, id, patch, expect, now)?, false));
    }
    if store::find_trashed_list(tx, owner, id)?.is_some() {
        return Err(Error::conflict("in_trash", "the list is in the trash; restore it first"));
    }
    if store::is_purged(tx, owner, (Kind::List, id.0))? {
        return Err(Error::conflict("id_was_used", "a list with this id was removed for good"));
    }
    if *expect != Expect::Anything {
        return Err(Error::NotFound("list"));
    }
    Ok((insert(tx, owner, id, new, now)?, true))
}

fn insert(tx: &Tx, owner: Owner, id: ListId, new: NewList, now: Timestamp) -> Result<List> {
    let list = List {
        id,
        name: new.name.0,
        is_inbox: false,
        position: place(tx, owner, new.place, None)?,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_list(tx, owner, &list, store::next_revision(tx, owner)?)?;
    Ok(list)
}

/// Applies a merge patch; one that changes nothing leaves the version alone.
pub fn update_list(
    tx: &Tx,
    owner: Owner,
    id: ListId,
    patch: ListPatch,
    expect: &Expect,
    now: Timestamp,
) -> Result<List> {
    let before = get_list(tx, owner, id)?;
    expect.check(before.version, &before)?;
    refuse_inbox(&before)?;
    let mut after = before.clone();
    if let Some(name) = patch.name {
        after.name = name.0;
    }
    if patch.place.is_some_and(|place| place.beside() != id) {
        after.position = place(tx, owner, patch.place, Some(id))?;
    }
    if after == before {
        return Ok(before);
    }
    let after = List { version: before.version + 1, updated_at: now, ..after };
    store::update_list(tx, owner, &after, store::next_revision(tx, owner)?)?;
    Ok(after)
}

/// Moves a list and the tasks it holds to the trash.
pub fn trash_list(
    tx: &Tx,
    owner: Owner,
    id: ListId,
    expect: &Expect,
    now: Timestamp,
) -> Result<()> {
    let list = get_list(tx, owner, id)?;
    expect.check(list.version, &list)?;
    refuse_inbox(&list)?;
    store::trash_list(tx, owner, id, store::next_revision(tx, owner)?, now)
}

/// Brings a list back with the tasks that went with it. A list that is not in
/// the trash stays as it is.
pub fn restore_list(tx: &Tx, owner: Owner, id: ListId, now: Timestamp) -> Result<List> {
    if let Some(list) = store::find_list(tx, owner, id)? {
        return Ok(list);
    }
    if store::find_trashed_list(tx, owner, id)?.is_none() {
        return Err(Error::NotFound("list"));
    }
    store::restore_list(tx, owner, id, store::next_revision(tx, owner)?, now)?;
    get_list(tx, owner, id)
}

fn refuse_inbox(list: &List) -> Result<()> {
    if list.is_inbox {
        return Err(Error::conflict("inbox_is_permanent", "the Inbox stays as it is"));
    }
    Ok(())
}

/// A rank among the lists: beside a neighbour, or at the end. A list that is
/// there already keeps its rank, so that a retry moves nothing.
fn place(
    tx: &Tx,
    owner: Owner,
    place: Option<Place<ListId>>,
    moved: Option<ListId>,
) -> Result<String> {
    let positions = store::list_positions(tx, owner)?;
    let rank_at = |index: usize| positions.get(index).map(|(_, rank)| rank.as_str());
    let Some(place) = place else {
        return Ok(rank::between(positions.last().map(|(_, rank)| rank.as_str()), None));
    };
    let at = positions
        .iter()
        .position(|(id, _)| *id == place.beside())
        .ok_or_else(|| Error::invalid(place.pointer(), "no such list"))?;
    // The Inbox has the lowest rank and leads: before it is right behind it.
    let after = matches!(place, Place::After(_)) || at == 0;
    let other = if after { positions.get(at + 1) } else { positions.get(at - 1) };
    if let Some((_, rank)) = other.filter(|(id, _)| Some(*id) == moved) {
        return Ok(rank.clone());
    }
    let other = other.map(|(_, rank)| rank.as_str());
    Ok(if after { rank::between(rank_at(at), other) } else { rank::between(other, rank_at(at)) })
}
